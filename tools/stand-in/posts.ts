/** One post of NetPost. */
export type Post = {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly publishedAt: string;
  readonly likes: number;
};

const TITLES = [
  "Shipping the new feed",
  "How we cut our build in half",
  "Notes from the on-call week",
  "A small change to notifications",
  "What we learned from last month's outage",
  "Search is faster now",
  "Meet the team: storage",
  "Better drafts",
  "Our road map for spring",
  "Closing the loop on feedback",
] as const;
const AUTHORS = ["ada", "grace", "linus", "margaret"] as const;

const INITIAL_POSTS = 25;
/** The oldest goes when there are more, so that a monitor may create posts for ever. */
const MOST_POSTS = 200;
const PAGE_SIZE = 20;
const SIX_HOURS_MS = 21_600_000;

/** NetPost's posts, newest first, in bounded memory. */
export class Posts {
  readonly #now: () => number;
  #posts: Post[];
  #lastId = INITIAL_POSTS;

  /** `random` gives the nth number in [0, 1); `now` gives epoch ms. */
  constructor(random: (nth: number) => number, now: () => number) {
    this.#now = now;
    const startedAt = now();
    this.#posts = Array.from({ length: INITIAL_POSTS }, (_, age) =>
      initialPost(INITIAL_POSTS - age, startedAt - age * SIX_HOURS_MS, random),
    );
  }

  get total(): number {
    return this.#posts.length;
  }

  newest(): Post[] {
    return this.#posts.slice(0, PAGE_SIZE);
  }

  /** The best liked of the newest. */
  feed(): Post[] {
    return this.newest().sort(
      (a, b) => b.likes - a.likes || b.publishedAt.localeCompare(a.publishedAt),
    );
  }

  byId(id: string): Post | null {
    return this.#posts.find((post) => post.id === id) ?? null;
  }

  search(query: string): Post[] {
    const words = query.toLowerCase();
    return this.#posts.filter((post) => `${post.title} ${post.body}`.toLowerCase().includes(words));
  }

  create(draft: { readonly title: string; readonly body: string }, author: string): Post {
    this.#lastId += 1;
    const publishedAt = new Date(this.#now()).toISOString();
    const post: Post = { id: String(this.#lastId), ...draft, author, publishedAt, likes: 0 };
    this.#posts = [post, ...this.#posts].slice(0, MOST_POSTS);
    return post;
  }
}

function initialPost(id: number, publishedAtMs: number, random: (nth: number) => number): Post {
  const title = TITLES[id % TITLES.length] ?? TITLES[0];
  const author = AUTHORS[Math.floor(random(id) * AUTHORS.length)] ?? AUTHORS[0];
  return {
    id: String(id),
    title,
    body: `${title}. Written by ${author} for everybody who reads NetPost.`,
    author,
    publishedAt: new Date(publishedAtMs).toISOString(),
    likes: Math.floor(random(id + INITIAL_POSTS) * 300),
  };
}
