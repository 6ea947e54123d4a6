/*
 * The table of workers, with a row for each that has not ended. Rows are changed in place, so that a button
 * keeps the focus.
 */
import { plural, significant, whole } from '../../tools/format.js'
import type { WorkerReading } from './counters.js'
import { large } from './numbers.js'
import { colourName } from './theme.js'
import type { State } from './workers.js'

/** What all rows show: those of workers, of dead workers together, and of the total. */
export interface Counted {
  readonly tiles?: number
  readonly iterations?: number
}

interface Row {
  readonly element: HTMLTableRowElement
  readonly cells: Cells
  readonly button: HTMLButtonElement
}

type Column = 'state' | 'tiles' | 'iterations' | 'rate'
type Cells = { readonly [C in Column]: HTMLElement }

export class ThreadsTable {
  readonly #rows = new Map<number, Row>()
  readonly #body: HTMLTableSectionElement
  readonly #template: HTMLTemplateElement
  readonly #sums: { readonly [N in 'retired' | 'total']: Cells }
  readonly #kill: (worker: number) => void
  /** Gets the focus when the last row, whose button had it, is removed. */
  readonly #fallbackFocus: HTMLElement

  constructor(table: HTMLTableElement, fallbackFocus: HTMLElement, kill: (worker: number) => void) {
    this.#body = table.tBodies[0] as HTMLTableSectionElement
    this.#template = table.querySelector('template') as HTMLTemplateElement
    this.#sums = {
      retired: cellsOf(table.querySelector('[data-sum=retired]') as HTMLElement),
      total: cellsOf(table.querySelector('[data-sum=total]') as HTMLElement),
    }
    this.#fallbackFocus = fallbackFocus
    this.#kill = kill
  }

  show(
    states: ReadonlyMap<number, State>,
    readings: readonly WorkerReading[],
    rates: ReadonlyMap<number, number>,
  ): void {
    for (const [worker, row] of this.#rows) if (!states.has(worker)) this.#remove(worker, row)
    for (const [worker, state] of states) {
      const { cells, button } = this.#rows.get(worker) ?? this.#add(worker)
      const reading = readings.find(reading => reading.worker === worker)
      write(cells.state, state === 'running' ? `thread ${reading?.threadId}` : `${state} …`)
      fill(cells, reading ?? {}, rates.get(worker) ?? 0)
      // Not `disabled`, because a disabled button loses the focus.
      button.setAttribute('aria-disabled', String(state !== 'running'))
    }
  }

  showSums(retired: Counted, ended: number, total: Counted, rate: number): void {
    fill(this.#sums.retired, retired, 0)
    write(this.#sums.retired.state, plural(ended, 'thread'))
    fill(this.#sums.total, total, rate)
  }

  #add(worker: number): Row {
    const fragment = this.#template.content.cloneNode(true) as DocumentFragment
    const element = fragment.querySelector('tr') as HTMLTableRowElement
    const button = fragment.querySelector('button') as HTMLButtonElement
    write(fragment.querySelector('[data-cell=worker]') as HTMLElement, String(worker))
    element.dataset.worker = String(worker)
    element.style.setProperty('--colour', `var(${colourName(worker)})`)
    button.setAttribute('aria-label', `Kill worker ${worker}`)
    button.addEventListener('click', () => this.#kill(worker))
    const row = { element, button, cells: cellsOf(element) }
    this.#rows.set(worker, row)
    this.#body.append(element)
    return row
  }

  #remove(worker: number, { element, button }: Row): void {
    this.#rows.delete(worker)
    const neighbour = element.nextElementSibling ?? element.previousElementSibling
    if (document.activeElement === button) (neighbour?.querySelector('button') ?? this.#fallbackFocus).focus()
    element.remove()
  }
}

function cellsOf(row: HTMLElement): Cells {
  const cell = (column: Column) => row.querySelector(`[data-cell=${column}]`) as HTMLElement
  return { state: cell('state'), tiles: cell('tiles'), iterations: cell('iterations'), rate: cell('rate') }
}

function fill(cells: Cells, { tiles = 0, iterations = 0 }: Counted, rate: number): void {
  write(cells.tiles, whole(tiles))
  write(cells.iterations, large(iterations))
  write(cells.rate, significant(rate / 1e6))
}

function write(cell: HTMLElement, text: string): void {
  if (cell.textContent !== text) cell.textContent = text
}
