import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { PersonScreen } from "@/features/people/pages/PersonScreen";
import { PersonTags } from "@/features/profiles/components/PersonTags";
import { NewTaskDialog } from "@/features/teams/components/NewTaskDialog";

/** The 360° page: people's own screen, with the tags of profiles and the tasks of teams set into it. */
export function PersonPage() {
  const { id = "" } = useParams({ strict: false });
  const [newTask, setNewTask] = useState(false);
  return (
    <>
      <PersonScreen key={id} id={id} tags={<PersonTags personId={id} />} onNewTask={() => setNewTask(true)} />
      {newTask && <NewTaskDialog personId={id} onClose={() => setNewTask(false)} />}
    </>
  );
}
