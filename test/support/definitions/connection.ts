// A class that extends a definition. Each thread makes a connection of its own, as in the documentation of Python's
// `threading.local`.
import { type ThreadLocal, threadLocalClass } from 'threadslots'

const Base: new () => ThreadLocal<{ queries: 'u32' }> = threadLocalClass('connection', { queries: 'u32' })

export class Connection extends Base {
  static made = 0
  readonly url: string
  readonly answers: Map<string, string> = new Map()

  constructor(url: string) {
    super()
    this.url = url
    Connection.made++
  }

  query(text: string): void {
    this.queries++
    this.answers.set(text, `${text} of ${this.url}`)
  }
}
