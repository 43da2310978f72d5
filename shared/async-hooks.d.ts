// The part of Node's module that shared code uses; workerd has it too. Elsewhere @types/node says it.
declare module "node:async_hooks" {
  export class AsyncLocalStorage<T> {
    getStore(): T | undefined;
    run<R>(store: T, action: () => R): R;
  }
}
