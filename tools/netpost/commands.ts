import type { Command } from "./command.ts";
import { apply, check, plan, rollback, show } from "./config-commands.ts";
import { exportCommand, history } from "./history-commands.ts";
import { importCommand } from "./import.ts";
import { ack, silence } from "./operate.ts";
import { probe } from "./probe.ts";
import { sla } from "./sla.ts";
import { status } from "./status.ts";

/** All of them, in the order in which the help lists them. */
export const commands: readonly Command[] = [
  check,
  plan,
  apply,
  show,
  exportCommand,
  history,
  rollback,
  status,
  probe,
  sla,
  ack,
  silence,
  importCommand,
];
