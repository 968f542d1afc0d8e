import { DeleteOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import { Panel } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { useConfirm } from "@/ui/useConfirm";
import { useSubmit } from "@/ui/useSubmit";
import { addNote, removeNote, useNotes } from "../api";

const LONGEST = 2000;

export function NotesPanel({ id }: { id: string }) {
  const { t } = useTranslation("people");
  const { dateTime } = useFormat();
  const reason = useReason();
  const notes = useNotes(id);
  const refresh = useRefresh();
  const confirm = useConfirm();
  const { busy, submit } = useSubmit();
  const [text, setText] = useState("");
  const reread = () => refresh("/api/people/{id}/notes");
  const add = async () => {
    if (!(await submit(() => addNote(id, text.trim())))) return;
    setText("");
    await reread();
  };
  const remove = (note: string) =>
    confirm({
      title: t("notes.remove_title"),
      ok: t("notes.remove"),
      danger: true,
      run: async () => {
        await removeNote(id, note);
        await reread();
      },
    });
  return (
    <Panel title={t("notes.title")}>
      <div className="stack tight">
        <Input.TextArea
          aria-label={t("notes.label")}
          autoSize={{ minRows: 2, maxRows: 6 }}
          maxLength={LONGEST}
          placeholder={t("notes.placeholder")}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <div>
          <Guarded
            size="small"
            reason={reason("people.edit")}
            disabled={text.trim() === ""}
            loading={busy}
            onClick={() => void add()}
          >
            {t("notes.add")}
          </Guarded>
        </div>
        <Loaded query={notes} rows={2}>
          {({ items }) => (
            <ul className="plain-list stack tight">
              {items.length === 0 && <li className="soft">{t("notes.empty")}</li>}
              {items.map((note) => (
                <li key={note.id} className="note">
                  <div style={{ whiteSpace: "pre-wrap" }}>{note.text}</div>
                  <div className="row between">
                    <span className="faint">
                      {note.author} · <span className="num">{dateTime(note.created_at)}</span>
                    </span>
                    <Button
                      type="text"
                      size="small"
                      icon={<DeleteOutlined aria-hidden />}
                      aria-label={t("notes.remove")}
                      onClick={() => remove(note.id)}
                    />
                  </div>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      </div>
    </Panel>
  );
}
