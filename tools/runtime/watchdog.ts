import { spawn } from "node:child_process";
import { Socket } from "node:net";

/** Waits for a word on a pipe. The end of the pipe without the word means: our owner is dead. */
const SCRIPT = 'read -r word; [ "$word" = done ] || kill -9 "$1"';

/**
 * Ends a process when we end in whatever way, `kill -9` included. workerd lives on without its
 * parent and would keep its port and the database.
 *
 * @returns Call it when the process has ended by itself; the watchdog then goes away.
 */
export function watchOver(pid: number): () => void {
  const watchdog = spawn("/bin/sh", ["-c", SCRIPT, "sh", String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    // Its own group: Ctrl-C in a terminal goes to the whole group, and the watchdog is to outlive it.
    detached: true,
  });
  // Without a shell there is no watchdog; the next start still finds what was left, see data-folder.ts.
  watchdog.on("error", () => {});
  watchdog.stdin.on("error", () => {});
  watchdog.unref();
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  return () => {
    watchdog.stdin.end("done\n");
  };
}
