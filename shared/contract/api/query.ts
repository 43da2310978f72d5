/** A parameter given twice arrives as a list: the message says what one value may be. */
export function onceMessage(allowed: string): string {
  return `${allowed}, given once`;
}
