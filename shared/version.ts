/** The version that probes, logs and the API tell. A test holds it against package.json. */
export const version = "0.1.0";
