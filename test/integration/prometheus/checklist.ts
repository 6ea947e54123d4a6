/** Checks claims one after the other, and prints each with its outcome. */
export class Checklist {
  passed = 0
  failed = 0

  /** The claim holds if the check doesn't throw. */
  check(claim: string, run: () => void): void {
    try {
      run()
      this.passed++
      console.log(`ok    ${claim}`)
    } catch (error) {
      this.fail(claim, error)
    }
  }

  skip(what: string, reason: string): void {
    console.log(`skip  ${what}: ${reason}`)
  }

  fail(claim: string, error: unknown): void {
    this.failed++
    // uvu's assertions put the difference into `details`, beside the message.
    const { message, details = '' } = error as Error & { readonly details?: string | false }
    console.log(`FAIL  ${claim}: ${message}${details || ''}`)
  }
}
