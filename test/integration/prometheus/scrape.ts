// Scrapes metrics as Prometheus does, and tells how long it took.

export interface Scrape {
  readonly ms: number
  readonly isOk: boolean
  /** The metrics, or an error. */
  readonly text: string
}

export async function scrape(port: number, path: string): Promise<Scrape> {
  const started = performance.now()
  const response = await fetch(`http://127.0.0.1:${port}${path}`)
  const text = await response.text()
  return { ms: performance.now() - started, isOk: response.ok, text }
}

/** The value of a series without labels; undefined if it wasn't scraped. */
export function scrapedValue({ text }: Scrape, name: string): number | undefined {
  const line = text.split('\n').find(line => line.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length + 1))
}
