import { useFormat } from "@/lib/useFormat";

const RARE = 0.0001;
const SURE = 0.999;

/** A share or probability that is neither nothing nor everything is not rounded to it. */
export function useShare() {
  const { percent } = useFormat();
  return (value: number) => {
    if (value > 0 && value < RARE) return `<${percent(RARE)}`;
    return value < 1 && value > SURE ? `>${percent(SURE)}` : percent(value);
  };
}
