import { Button, type ButtonProps, Tooltip } from "antd";

/** A button that says why it cannot be pressed, instead of vanishing. */
export function Guarded({ reason, ...props }: ButtonProps & { reason: string | undefined }) {
  if (!reason) return <Button {...props} />;
  return (
    <Tooltip title={reason}>
      <Button
        {...props}
        aria-disabled
        onClick={undefined}
        href={undefined}
        className="ant-btn-guarded"
        style={{ opacity: 0.55, cursor: "not-allowed", ...props.style }}
      />
    </Tooltip>
  );
}
