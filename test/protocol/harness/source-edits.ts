/*
 * Edits of source text. Each edit names its place by a fragment: a string, in which white space stands for any white
 * space, or a regular expression. A fragment must occur exactly once; otherwise the edit fails and says so.
 *
 * `remove` and `move` act on the whole statement in which a fragment occurs, so a few characteristic words are enough.
 */

export type Fragment = string | RegExp

export type Edit =
  /** Replaces the fragment itself. In `with`, $1 stands for the first group of a regular expression. */
  | { readonly replace: Fragment; readonly with: string }
  /** Removes a statement. */
  | { readonly remove: Fragment }
  /** Moves a statement in front of another one. */
  | { readonly move: Fragment; readonly before: Fragment }
  /** Inserts a statement behind another one. */
  | { readonly insert: string; readonly behind: Fragment }
  /** Moves a statement behind another one. */
  | { readonly move: Fragment; readonly behind: Fragment }

/**
 * Makes all edits, in order. Where `from` is given, fragments are searched for behind it, and the first occurrence
 * counts.
 * @throws {Error} that names the fragment that doesn't occur, or occurs more than once.
 */
export function applyEdits(source: string, edits: readonly Edit[], from?: Fragment): string {
  const words = new Set(source.match(/\w+/g))
  let text = source
  const find = (fragment: Fragment): Span => {
    if (from === undefined) return findOnly(text, fragment)
    const { end } = findOnly(text, from)
    const [first] = findAll(text, fragment).filter(({ start }) => start >= end)
    return first ?? fail(`the fragment ${show(fragment)} doesn't occur behind ${show(from)}`)
  }
  const cut = (fragment: Fragment): string => {
    const { start, end } = statementAround(text, find(fragment))
    const statement = text.slice(start, end)
    text = text.slice(0, start) + text.slice(end)
    return statement
  }
  const insertAt = (index: number, statement: string) => {
    text = text.slice(0, index) + statement + text.slice(index)
  }
  for (const edit of edits) {
    if ('replace' in edit) {
      const { start, end } = find(edit.replace)
      requireWords(edit.with, words)
      const found = text.slice(start, end)
      const replaced =
        typeof edit.replace === 'string' ? edit.with : found.replace(new RegExp(edit.replace), edit.with)
      text = text.slice(0, start) + replaced + text.slice(end)
    } else if ('remove' in edit) cut(edit.remove)
    else if ('insert' in edit) {
      requireWords(edit.insert, words)
      insertAt(statementAround(text, find(edit.behind)).end, `${edit.insert}\n`)
    } else {
      // Found before the cut too, so that a missing target is reported as such.
      find('before' in edit ? edit.before : edit.behind)
      const statement = cut(edit.move)
      const target = statementAround(text, find('before' in edit ? edit.before : edit.behind))
      insertAt('before' in edit ? target.start : target.end, statement)
    }
  }
  return text
}

/** A part of the text, from `start` to before `end`. */
interface Span {
  readonly start: number
  readonly end: number
}

function fail(problem: string): never {
  throw new Error(problem)
}

const show = (fragment: Fragment): string => (typeof fragment === 'string' ? `'${fragment}'` : `${fragment}`)

function findAll(text: string, fragment: Fragment): Span[] {
  const pattern =
    typeof fragment === 'string'
      ? fragment
          .trim()
          .split(/\s+/)
          .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('\\s+')
      : fragment.source
  return [...text.matchAll(new RegExp(pattern, 'g'))].map(({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }))
}

function findOnly(text: string, fragment: Fragment): Span {
  const [only, another] = findAll(text, fragment)
  if (only === undefined) return fail(`the fragment ${show(fragment)} doesn't occur`)
  if (another !== undefined) return fail(`the fragment ${show(fragment)} occurs more than once`)
  return only
}

/** The lines of the statement: from the line in which the span starts, to the one in which all brackets are closed. */
function statementAround(text: string, { start, end }: Span): Span {
  const lineStart = text.lastIndexOf('\n', start) + 1
  const lineEndFrom = (index: number) => text.indexOf('\n', index) + 1 || text.length
  let lineEnd = lineEndFrom(end)
  const countOf = (brackets: RegExp) => text.slice(lineStart, lineEnd).match(brackets)?.length ?? 0
  while (lineEnd < text.length && countOf(/[([{]/g) > countOf(/[)\]}]/g)) lineEnd = lineEndFrom(lineEnd)
  return { start: lineStart, end: lineEnd }
}

/**
 * Fails if inserted text uses a name that the source doesn't: a fault that throws a ReferenceError would be found by
 * every test, and show nothing. Names of properties may be new.
 */
function requireWords(inserted: string, words: ReadonlySet<string>): void {
  const declared = [...inserted.matchAll(/const (\w+)/g)].map(([, name]) => name as string)
  const known = new Set([...words, ...declared])
  for (const word of inserted.replace(/\$[\d&]|\.\w+/g, ' ').match(/[A-Za-z_]\w*/g) ?? [])
    if (!known.has(word) && !KEYWORDS.has(word))
      fail(`the inserted text '${inserted}' uses ${word}, which the source doesn't`)
}

const KEYWORDS = new Set(['const', 'if', 'return', 'true', 'false'])
