// What an error has to be.

/** Matches an error by its class and a word of its message: for `assert.throws`. */
export const errorOf =
  (kind: ErrorConstructor, word: RegExp): ((error: unknown) => boolean) =>
  error =>
    error instanceof kind && word.test(error.message)
