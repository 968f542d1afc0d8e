import { PeoplePage as PeopleScreen } from "@/features/people/pages/PeoplePage";
import { SelectionBar } from "@/features/segments/components/SelectionBar";

/** The list of people, with what segments and tags offer for those who were chosen. */
export function PeoplePage() {
  return <PeopleScreen chosen={(people, onClear) => <SelectionBar people={people} onClear={onClear} />} />;
}
