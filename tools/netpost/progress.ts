/**
 * Says on a terminal what is waited for and since when, and takes the line back afterwards; says
 * nothing elsewhere.
 *
 * @param what for example `Probing from 3 regions`
 */
export async function withProgress<T>(
  stream: NodeJS.WriteStream,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  if (!stream.isTTY) return work();
  const began = Date.now();
  const show = () => {
    stream.write(`\r\u001b[2K${what} … ${Math.floor((Date.now() - began) / 1000)} s`);
  };
  show();
  const timer = setInterval(show, 1_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    stream.write("\r\u001b[2K");
  }
}
