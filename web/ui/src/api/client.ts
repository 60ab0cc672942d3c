import type { paths } from './schema';

/** Where the API stands, on the origin of the page. */
export const base = '/api/v1';

/** What went wrong with a request, in the words of the server where it has some (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly title: string;
  /** The name of its type, as docs/problems.md lists them; empty: it is none of the API's. */
  readonly kind: string;
  /** What is wrong with each field of the body, by its name. */
  readonly fields: Record<string, string>;

  constructor(status: number, title: string, detail: string, fields: Record<string, string> = {}, kind = '') {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.kind = kind;
    this.fields = fields;
  }

  /** Says that nobody is signed in. */
  get signedOut(): boolean {
    return this.status === 401;
  }
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type PathsWith<M extends Method> = { [P in keyof paths]: paths[P][M] extends object ? P : never }[keyof paths];
type Json<R> = R extends { content: { 'application/json': infer T } } ? T : undefined;
type Answers<O> = O extends { responses: infer R } ? R : never;
type Answer<O> = Answers<O> extends infer R ? (R extends { 200: infer A } ? Json<A> : R extends { 201: infer A } ? Json<A> : undefined) : never;
type Query<O> = O extends { parameters: { query?: infer Q } } ? Q : never;
type Path<O> = O extends { parameters: { path: infer P } } ? P : undefined;
type Body<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B : undefined;

interface Sending<O> {
  path?: Path<O>;
  query?: Query<O>;
  body?: Body<O>;
  version?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Sends one request and returns its answer, or throws a Problem. */
export async function send<M extends Method, P extends PathsWith<M>>(
  method: M,
  path: P,
  options: Sending<paths[P][M]> = {},
): Promise<Answer<paths[P][M]>> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.version !== undefined) headers['If-Match'] = `"${options.version}"`;
  const request: RequestInit = { method: method.toUpperCase(), headers };
  if (options.body !== undefined) request.body = JSON.stringify(options.body);
  if (options.signal) request.signal = options.signal;
  return receive(address(path, options.path as object | undefined, options.query as object | undefined), request);
}

/** Sends a request that is no JSON and returns its answer, or throws a Problem. */
export async function receive<T>(at: string, request: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(at, { credentials: 'same-origin', ...request });
  } catch (cause) {
    if (request.signal?.aborted) throw cause;
    throw new Problem(0, 'Groundswell cannot be reached', 'Check that the daemon runs and that you are online, then try again.');
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** The address of an operation, with its path and query filled in; empty values are left out. */
export function address(path: string, inPath?: object, query?: object): string {
  let filled = path;
  for (const [name, value] of Object.entries(inPath ?? {})) {
    filled = filled.replace(`{${name}}`, encodeURIComponent(String(value)));
  }
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const rest = search.toString();
  return base + filled + (rest && `?${rest}`);
}

/** What the server says of If-Match, for people. */
const outrun = 'It was changed in the meantime: see what is there now, then repeat the change.';

/** The problem that an answer tells of. */
export async function problemOf(response: Response): Promise<Problem> {
  const fallback = `The server answered ${response.status} ${response.statusText}`.trim();
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    return new Problem(response.status, fallback, '');
  }
  const problem = (typeof body === 'object' && body !== null ? body : {}) as { type?: unknown; title?: unknown; detail?: unknown; errors?: unknown };
  const fields: Record<string, string> = {};
  for (const e of Array.isArray(problem.errors) ? problem.errors : []) {
    const { location, message } = e as { location?: unknown; message?: unknown };
    if (typeof location === 'string' && typeof message === 'string') fields[location.replace(/^body\./, '')] = message;
  }
  const title = typeof problem.title === 'string' ? problem.title : fallback;
  const kind = typeof problem.type === 'string' ? problem.type.replace(/^.*\/problems\//, '') : '';
  const detail = response.status === 412 ? outrun : problem.detail;
  return new Problem(response.status, title, typeof detail === 'string' ? detail : '', fields, kind);
}
