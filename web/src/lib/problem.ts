export type FieldProblem = { field: string; message: string };
type ProblemBody = {
  title: string;
  code: string;
  detail: string;
  fields: FieldProblem[];
  request_id: string;
};

/** A refused or failed request, as the server told it (`application/problem+json`). */
export class Problem extends Error {
  readonly status: number;
  /** Stable dotted name, for example `people.already_merged`; texts are looked up by it. */
  readonly code: string;
  readonly detail: string;
  readonly fields: FieldProblem[];
  readonly requestId: string | undefined;

  constructor(status: number, body: Partial<ProblemBody>) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? `http.${status}`;
    this.detail = body.detail ?? "";
    this.fields = body.fields ?? [];
    this.requestId = body.request_id ?? undefined;
  }
}

/** Reads the problem out of a response that is not a success. Never throws. */
export async function problemOf(response: Response): Promise<Problem> {
  try {
    return new Problem(response.status, (await response.clone().json()) as Partial<ProblemBody>);
  } catch {
    return new Problem(response.status, {});
  }
}

export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError) return new Problem(0, { code: "http.offline" });
  return new Problem(0, { code: "http.unknown", detail: error instanceof Error ? error.message : "" });
}

type Translate = (key: string, options: { ns: "problems"; defaultValue: string; detail: string }) => string;

/** The sentence to show: translated by code, else by status, else the server's own detail. */
export function problemMessage(error: unknown, t: Translate): string {
  const problem = toProblem(error);
  const look = (key: string) => t(key, { ns: "problems", defaultValue: "", detail: problem.detail });
  const byCode = look(problem.code.replaceAll(".", "_"));
  if (byCode) return byCode;
  if (problem.detail) return problem.detail;
  return look(`http_${problem.status}`) || look("http_unknown");
}
