import { isPrivateHost } from "../../../shared/private-host.ts";
import type { FilledRequest } from "./request.ts";

/** Where a redirect leads, or why it is not followed. */
export type NextHop =
  | { readonly follow: true; readonly request: FilledRequest }
  | { readonly follow: false; readonly why: string };

/** Whether a status asks for another request (RFC 9110, 15.4). */
export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

const contentHeaders = ["content-type", "content-length", "content-encoding", "content-language"];

/**
 * The request that a redirect asks for. To another origin no credentials go along; a body with
 * secrets in it does not go there at all.
 *
 * @param location the Location header
 * @param allowsPrivate whether it may lead to a private host
 */
export function nextHop(
  request: FilledRequest,
  status: number,
  location: string,
  allowsPrivate: boolean,
): NextHop {
  if (!URL.canParse(location, request.url)) return refuse("to what is no URL");
  const target = new URL(location, request.url);
  if (target.protocol !== "http:" && target.protocol !== "https:") {
    return refuse(`to ${target.protocol} instead of http(s)`);
  }
  if (target.username !== "" || target.password !== "") return refuse("to a URL with credentials");
  if (!allowsPrivate && isPrivateHost(target.hostname)) return refuse("to a private host");
  const asGet = becomesGet(request.method, status);
  const leaves = target.origin !== new URL(request.url).origin;
  if (leaves && !asGet && request.bodyIsConfidential) {
    return refuse("to another origin, where the body with its secrets must not go");
  }
  const headers = new Headers(request.headers);
  const dropped = [...(asGet ? contentHeaders : []), ...(leaves ? request.confidential : [])];
  for (const name of dropped) headers.delete(name);
  target.hash = "";
  return {
    follow: true,
    request: {
      ...request,
      url: target.href,
      method: asGet ? "GET" : request.method,
      headers,
      body: asGet ? null : request.body,
    },
  };
}

/** As browsers do it (Fetch standard, "HTTP-redirect fetch"). */
function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}

function refuse(why: string): NextHop {
  return { follow: false, why: `redirected ${why}` };
}
