/** A typed client of the monitoring's API. */
export {
  type AnswerOf,
  type Client,
  type ClientOptions,
  createClient,
  type InputOf,
  type OperationId,
} from "./client.ts";
export { ApiMismatchError, ApiProblemError, ApiUnreachableError } from "./errors.ts";
