/** How much of a tick services outside may take: what the code keeps to, and what plans count with. */
export const outsideBounds = {
  /** Requests of one exporter in a tick. */
  exporterRequests: 12,
  /** Minutes that an exporter catches up with in a tick. */
  exporterMinutes: 10,
  /** Requests to one Statuspage in a tick. */
  statuspageRequests: 10,
  /** Checks of UptimeRobot that one request asks for, which its API allows. */
  uptimeRobotChecks: 50,
  /** Reports of errors of one isolate in a minute; one more says how many were kept back. */
  errorReports: 20,
} as const;
