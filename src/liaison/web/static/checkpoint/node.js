// Questions to the node, in the officer's session. A line that is down, slow or at a failing node is one thing here.
const LONGEST_WAIT = 4000; // milliseconds

// There is no answer to be had now.
export class NoLine extends Error {}

// The node answered, and said no; `problem` is what it said (RFC 9457).
export class Refused extends Error {
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }

  get signedOut() {
    return this.problem.status === 401;
  }
}

async function answered(path, options, wait) {
  try {
    return await fetch(path, { ...options, cache: "no-store", redirect: "error", signal: AbortSignal.timeout(wait) });
  } catch (error) {
    throw new NoLine(error.name);
  }
}

async function bodyOf(answer) {
  try {
    return await answer.json();
  } catch {
    throw new NoLine("the answer broke off");
  }
}

// Throws NoLine, and Refused for what the node does not do.
async function told(path, options, wait) {
  const answer = await answered(path, options, wait);
  if (answer.ok) return bodyOf(answer);
  if (answer.status >= 500) throw new NoLine(String(answer.status));
  const kind = answer.headers.get("content-type") ?? "";
  throw new Refused({ title: "", ...(kind.includes("json") ? await bodyOf(answer) : {}), status: answer.status });
}

export const look = (path, wait = LONGEST_WAIT) => told(path, { headers: { accept: "application/json" } }, wait);

export const ask = (path, body, wait = LONGEST_WAIT) =>
  told(path, { method: "POST", headers: { accept: "application/json", "content-type": "application/json" }, body: JSON.stringify(body) }, wait);
