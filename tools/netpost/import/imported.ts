/** What an import gathers: drafts of monitors, and what it could not carry over. */

/** The settings of a monitor, not validated yet. */
export type Draft = { readonly id: string } & Readonly<Record<string, unknown>>;

/** Something that is not as it was. */
export type Note = {
  /** lost: it is not carried over. differs: it is, but otherwise than it was. */
  readonly kind: "lost" | "differs";
  /** The id that the monitor has here, or its name there; null: of the whole file. */
  readonly monitor: string | null;
  /** As the tool names it. */
  readonly field: string;
  readonly why: string;
};

/** Notes on one monitor, or on the whole file. */
export type Notes = {
  lost(field: string, why: string): void;
  differs(field: string, why: string): void;
};

/** Gathers monitors and notes; ids are given once. */
export class Import {
  readonly monitors: Draft[] = [];
  readonly notes: Note[] = [];
  readonly #ids = new Set<string>();

  /** An id made of a name. */
  idFor(name: string): string {
    const slug = slugOf(name).slice(0, 56).replace(/-+$/, "") || "monitor";
    let id = slug;
    for (let count = 2; this.#ids.has(id); count += 1) id = `${slug}-${count}`;
    this.#ids.add(id);
    return id;
  }

  /** @param monitor null for the whole file */
  notesOf(monitor: string | null): Notes {
    const add = (kind: Note["kind"]) => (field: string, why: string) => {
      this.notes.push({ kind, monitor, field, why });
    };
    return { lost: add("lost"), differs: add("differs") };
  }
}

/** Lower-case letters, digits and single hyphens; empty where nothing of the text can be kept. */
export function slugOf(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}

/** Settings without those that are undefined. */
export function given(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** The settings under a name, or nothing where there are none. */
export function some(name: string, settings: Record<string, unknown>): Record<string, unknown> {
  const kept = given(settings);
  return Object.keys(kept).length > 0 ? { [name]: kept } : {};
}
