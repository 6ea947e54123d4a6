/** Claims that are checked one after the other; each is told with its outcome. */
export class Checks {
  passed = 0
  failed = 0

  /** A claim holds if its check does not throw. */
  check(claim: string, run: () => void): void {
    try {
      run()
      this.passed++
      console.log(`ok    ${claim}`)
    } catch (error) {
      this.fail(claim, error)
    }
  }

  fail(claim: string, error: unknown): void {
    this.failed++
    // An assertion has what differs beside its message.
    const { message, details = '' } = error as Error & { readonly details?: string | false }
    console.log(`FAIL  ${claim}: ${message}${details || ''}`)
  }
}
