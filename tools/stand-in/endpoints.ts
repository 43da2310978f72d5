import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { type Answer, html, json, noContent, problem } from "./answer.ts";
import { createDrift, randomAt } from "./drift.ts";
import { HealthAnswers } from "./health-answers.ts";
import { HOME_PAGE } from "./home-page.ts";
import type { EndpointPath } from "./paths.ts";
import { Posts } from "./posts.ts";
import { readJson } from "./request-body.ts";
import { SESSION_SECONDS, Sessions } from "./sessions.ts";

/** One request, already routed. `query` is what follows the question mark. */
export type Call = {
  readonly request: IncomingMessage;
  readonly pathname: string;
  readonly query: string;
};

type Handler = (call: Call) => Answer | Promise<Answer>;
type Methods = { readonly GET?: Handler; readonly POST?: Handler };

/** What NetPost answers when nothing is wrong with it. */
export type Netpost = (endpoint: EndpointPath | null, call: Call) => Answer | Promise<Answer>;

const BODY_LIMIT_BYTES = 65_536;
const loginSchema = z.object({ email: z.string(), password: z.string() });
const draftSchema = z.object({
  title: z.string().min(1).max(200),
  body: z.string().min(1).max(20_000),
});

/** NetPost with all its state. The same seed and the same clock give the same answers. */
export function createNetpost(options: { seed: number; now: () => number }): Netpost {
  const { seed, now } = options;
  const health = new HealthAnswers(createDrift(seed), now());
  const sessions = new Sessions(seed, now);
  const posts = new Posts((nth) => randomAt(seed, "posts", nth), now);
  const homePage = html(HOME_PAGE);
  const providers = json({
    providers: [
      { id: "password", name: "E-mail and password", enabled: true },
      { id: "github", name: "GitHub", enabled: true },
    ],
  });
  const everySecond = (build: (now: number) => Answer) => oncePerSecond(now, build);

  const endpoints: Readonly<Record<EndpointPath, Methods>> = {
    "/": { GET: () => homePage },
    "/api/health": { GET: everySecond((at) => health.basic(at)) },
    "/api/health/detailed": { GET: everySecond((at) => health.detailed(at)) },
    "/api/health/ready": { GET: everySecond((at) => health.ready(at)) },
    "/api/health/live": { GET: everySecond((at) => health.live(at)) },
    "/api/metrics": { GET: everySecond((at) => health.metrics(at)) },
    "/api/auth/providers": { GET: () => providers },
    "/api/auth/login": { POST: (call) => logIn(sessions, call) },
    "/api/auth/session": { GET: (call) => showSession(sessions, call) },
    "/api/auth/logout": { POST: (call) => logOut(sessions, call) },
    "/api/posts": {
      GET: () => json({ items: posts.newest(), total: posts.total }),
      POST: (call) => createPost(sessions, posts, call),
    },
    "/api/posts/:id": { GET: (call) => showPost(posts, call) },
    "/api/feed": { GET: () => json({ items: posts.feed() }) },
    "/api/search": { GET: (call) => searchPosts(posts, call) },
  };

  return (endpoint, call) => {
    if (endpoint === null) {
      return problem(404, "Not found", `NetPost has nothing at ${call.pathname}.`);
    }
    const methods = endpoints[endpoint];
    const handler = handlerFor(methods, call.request.method);
    return handler === undefined ? methodNotAllowed(methods) : handler(call);
  };
}

function handlerFor(methods: Methods, method: string | undefined): Handler | undefined {
  if (method === "GET" || method === "HEAD") return methods.GET;
  return method === "POST" ? methods.POST : undefined;
}

function methodNotAllowed(methods: Methods): Answer {
  const allow = Object.keys(methods).join(", ");
  return problem(405, "Method not allowed", `Allowed here: ${allow}.`, {}, { allow });
}

/** Rebuilds an answer at most once a second, so that thousands of requests cost one. */
function oncePerSecond(now: () => number, build: (now: number) => Answer): () => Answer {
  let builtFor = Number.NaN;
  let answer = build(now());
  return () => {
    const second = Math.floor(now() / 1000);
    if (second !== builtFor) {
      answer = build(second * 1000);
      builtFor = second;
    }
    return answer;
  };
}

async function logIn(sessions: Sessions, { request }: Call): Promise<Answer> {
  const body = await readJson(request, BODY_LIMIT_BYTES);
  if (!body.ok) return body.answer;
  const login = loginSchema.safeParse(body.value);
  if (!login.success) return problem(400, "Invalid login", "email and password must be strings.");
  const token = sessions.open(login.data.email, login.data.password);
  if (token === null) return unauthorized("The e-mail or the password is wrong.");
  return json({ token, expiresInSeconds: SESSION_SECONDS });
}

function showSession(sessions: Sessions, { request }: Call): Answer {
  const user = sessions.userOf(request.headers.authorization);
  return user === null ? unauthorized("A valid bearer token is needed.") : json({ user });
}

function logOut(sessions: Sessions, { request }: Call): Answer {
  const isClosed = sessions.close(request.headers.authorization);
  return isClosed ? noContent() : unauthorized("A valid bearer token is needed.");
}

function unauthorized(detail: string): Answer {
  return problem(401, "Unauthorized", detail, {}, { "www-authenticate": "Bearer" });
}

async function createPost(sessions: Sessions, posts: Posts, { request }: Call): Promise<Answer> {
  const user = sessions.userOf(request.headers.authorization);
  if (user === null) return unauthorized("A valid bearer token is needed.");
  const body = await readJson(request, BODY_LIMIT_BYTES);
  if (!body.ok) return body.answer;
  const draft = draftSchema.safeParse(body.value);
  if (!draft.success) {
    const detail = "title (1 to 200 characters) and body (1 to 20000 characters) are needed.";
    return problem(400, "Invalid post", detail);
  }
  const post = posts.create(draft.data, user.email);
  return json(post, 201, { location: `/api/posts/${post.id}` });
}

function showPost(posts: Posts, { pathname }: Call): Answer {
  const post = posts.byId(pathname.slice("/api/posts/".length));
  return post === null ? problem(404, "Not found", "There is no such post.") : json(post);
}

function searchPosts(posts: Posts, { query }: Call): Answer {
  const words = new URLSearchParams(query).get("q")?.trim() ?? "";
  if (words === "") return problem(400, "Invalid search", "q must not be empty.");
  const items = posts.search(words);
  return json({ query: words, items, total: items.length });
}
