/** What a page of Statuspage has, and how its API changes that. */
import { statuspageChange, statuspageComponent, statuspageIncident } from "./schemas.ts";

export interface BookIncident {
  readonly id: string;
  name: string;
  status: string;
  readonly metadata: unknown;
  component_ids: readonly string[];
  /** Bodies of its updates, in order. */
  readonly incident_updates: { readonly body: string }[];
}

export interface VendorAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One page, with a component for every id that begins with `cmp`. */
export class StatuspageBook {
  readonly components: Record<string, string> = {};
  readonly incidents: BookIncident[] = [];

  /** @param path below the page, with its query */
  answer(method: string, path: string, body: unknown): VendorAnswer {
    const [kind = "", id] = path.replace(/\?.*$/, "").split("/");
    if (kind === "components" && id !== undefined && method === "PATCH") {
      return this.#patchComponent(id, body);
    }
    if (kind === "incidents" && id === undefined && method === "GET") {
      return { status: 200, body: this.incidents.toReversed().slice(0, 100) };
    }
    if (kind === "incidents" && id === undefined && method === "POST") return this.#create(body);
    if (kind === "incidents" && id !== undefined && method === "PATCH") {
      return this.#change(id, body);
    }
    return { status: 404, body: { error: "Not found" } };
  }

  #patchComponent(id: string, body: unknown): VendorAnswer {
    const parsed = statuspageComponent.safeParse(body);
    if (!parsed.success) return refusal(parsed.error.message);
    if (!id.startsWith("cmp")) return { status: 404, body: { error: "Record not found" } };
    this.components[id] = parsed.data.component.status;
    return { status: 200, body: { id, status: parsed.data.component.status } };
  }

  #create(body: unknown): VendorAnswer {
    const parsed = statuspageIncident.safeParse(body);
    if (!parsed.success) return refusal(parsed.error.message);
    const { name, status, metadata, component_ids, body: text } = parsed.data.incident;
    const id = `inc${this.incidents.length + 1}`;
    const made = { id, name, status, metadata, component_ids, incident_updates: [{ body: text }] };
    this.incidents.push(made);
    return { status: 201, body: made };
  }

  #change(id: string, body: unknown): VendorAnswer {
    const parsed = statuspageChange.safeParse(body);
    if (!parsed.success) return refusal(parsed.error.message);
    const incident = this.incidents.find((one) => one.id === id);
    if (incident === undefined) return { status: 404, body: { error: "Record not found" } };
    const { name, status, component_ids, body: text } = parsed.data.incident;
    incident.name = name ?? incident.name;
    incident.status = status ?? incident.status;
    incident.component_ids = component_ids ?? incident.component_ids;
    if (text !== undefined) incident.incident_updates.push({ body: text });
    return { status: 200, body: incident };
  }
}

function refusal(message: string): VendorAnswer {
  return { status: 422, body: { error: [message] } };
}
