/** Stands around the name of the Worker before each line it prints. No Worker prints it itself. */
export const MARK = "\u0001";
