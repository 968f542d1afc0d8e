import { texts as access } from "@/features/access/texts";
import { texts as activities } from "@/features/activities/texts";
import { texts as chain } from "@/features/chain/texts";
import { texts as insight } from "@/features/insight/texts";
import { texts as intake } from "@/features/intake/texts";
import { texts as outreach } from "@/features/outreach/texts";
import { texts as people } from "@/features/people/texts";
import { texts as profiles } from "@/features/profiles/texts";
import { texts as segments } from "@/features/segments/texts";
import { texts as teams } from "@/features/teams/texts";
import { common } from "./texts/common";
import { problems } from "./texts/problems";
import { values } from "./texts/values";

/** Every text of the product, by feature. */
export const texts = {
  common,
  problems,
  values,
  access,
  activities,
  chain,
  insight,
  intake,
  outreach,
  people,
  profiles,
  segments,
  teams,
};
