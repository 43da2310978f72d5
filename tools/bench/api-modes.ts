/** What the api bench and its Worker say to each other. */

/** `made`: anew each time; `kept`: by one instance, as shipped; else by a new instance each time. */
export const modeHeader = "x-bench-mode";

/** Answers the statements and rows since it was last asked. */
export const countsPath = "/bench/counts";
