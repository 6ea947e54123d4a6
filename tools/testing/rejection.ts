import * as assert from 'uvu/assert'

/** What a promise is rejected with. If it is resolved, the test fails. */
export const rejectionOf = (
  promise: PromiseLike<unknown>,
): PromiseLike<Error & { readonly code?: unknown }> =>
  promise.then(
    value => assert.unreachable(`resolved with ${value}`) as never,
    error => error,
  )
