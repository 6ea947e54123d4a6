/*
 * docs/api.md: everything that the package's entries export, with the doc comments of its source.
 */
import ts from 'typescript-5.7'
import { asMembers, formatCode, isMethod, labelOf, type Member, print } from './code.js'
import { type Comment, commentOf, firstSentence } from './comments.js'
import {
  declarationsOf,
  type Entry,
  type Package,
  readPackage,
  referencesIn,
  shapeOf,
} from './declarations.js'

export const API_PAGE = 'docs/api.md'

/** The command that writes the page, as messages and the page itself name it. */
export const COMMAND = 'npm run docs'

const KINDS = ['Functions', 'Classes', 'Constants', 'Types'] as const
type Kind = (typeof KINDS)[number]

function kindOf([declaration]: readonly ts.Declaration[]): Kind {
  if (declaration === undefined || ts.isTypeAliasDeclaration(declaration)) return 'Types'
  if (ts.isInterfaceDeclaration(declaration)) return 'Types'
  if (ts.isFunctionDeclaration(declaration)) return 'Functions'
  return ts.isClassDeclaration(declaration) ? 'Classes' : 'Constants'
}

/** Anchors as code hosts make them from headings: a repeated one gets a number. */
class Anchors {
  readonly #counts = new Map<string, number>()

  take(heading: string): string {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
    const count = this.#counts.get(slug) ?? 0
    this.#counts.set(slug, count + 1)
    return count === 0 ? slug : `${slug}-${count}`
  }
}

/** An export, under its heading. */
interface Item {
  readonly symbol: ts.Symbol
  readonly name: string
  readonly kind: Kind
  readonly comment: Comment
  /** The part of the page's address that leads to the heading. */
  anchor: string
}

/** Marks the place of a piece of code that is formatted with all others. */
const placeholder = (index: number): string => `\u0000${index}\u0000`

/** The text of the page for the package in `root`, which must have been built. */
export const makePage = (root: string): string => new Page(root, readPackage(root)).make()

class Page {
  readonly #root: string
  readonly #package: Package
  readonly #items = new Map<ts.Symbol, Item>()
  /** Pieces of code, in the order of their placeholders. */
  readonly #code: string[] = []

  constructor(root: string, found: Package) {
    this.#root = root
    this.#package = found
  }

  make(): string {
    const { entries } = this.#package
    const own = new Map(entries.map(entry => [entry, this.#itemsOf(entry)]))
    this.#placeAnchors(own)
    const sections = [...own].map(([entry, items]) => this.#section(entry, items, entries[0] as Entry))
    const contents = [...own].map(([{ specifier }, items]) => {
      const names = items.filter(({ kind }) => kind !== 'Types').map(item => this.#link(item))
      return `- [\`${specifier}\`](#${slugOf(specifier)}): ${names.join(', ')}`
    })
    const page = [
      '# API',
      `<!-- Written by \`${COMMAND}\` from the doc comments in src/; don't edit it here. -->`,
      'Everything that the package exports, entry by entry. The text is that of the doc comments in the source, which editors show too.',
      contents.join('\n'),
      ...sections,
    ].join('\n\n')
    const formatted = formatCode(this.#root, this.#code)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a character that no comment contains.
    return `${page.replace(/\u0000(\d+)\u0000/g, (_, index: string) => formatted[Number(index)] ?? '')}\n`
  }

  /** What an entry exports that no entry before it does, by kind and name. */
  #itemsOf({ symbols }: Entry): Item[] {
    const items = symbols
      .filter(symbol => !this.#items.has(symbol))
      .map((symbol): Item => {
        const declarations = declarationsOf(symbol)
        const comments = declarations.map(commentOf)
        const comment = comments.find(({ text }) => text !== '') ?? (comments[0] as Comment)
        return { symbol, name: symbol.name, kind: kindOf(declarations), comment, anchor: '' }
      })
      .sort(
        (a, b) =>
          KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
          (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1),
      )
    for (const item of items) this.#items.set(item.symbol, item)
    return items
  }

  /** In the order of the headings, so that repeated ones get the numbers that code hosts give them. */
  #placeAnchors(own: ReadonlyMap<Entry, readonly Item[]>): void {
    const anchors = new Anchors()
    anchors.take('API')
    for (const [{ specifier }, items] of own) {
      anchors.take(specifier)
      for (const item of items) {
        item.anchor = anchors.take(item.name)
        for (const heading of this.#methodsOf(item).keys()) anchors.take(heading)
      }
    }
  }

  #section({ specifier, introduction, symbols }: Entry, items: readonly Item[], main: Entry): string {
    const parts = [`## \`${specifier}\``]
    if (introduction) parts.push(introduction)
    const others = symbols.flatMap(symbol => {
      const item = this.#items.get(symbol)
      return item && !items.includes(item) ? [item] : []
    })
    const includesMain =
      main.specifier !== specifier && main.symbols.every(symbol => symbols.includes(symbol))
    if (includesMain) parts.push(`It exports everything that \`${main.specifier}\` does, and:`)
    for (const kind of KINDS) {
      const rows = items
        .filter(item => item.kind === kind)
        .map(item => `| ${this.#link(item)} | ${cell(firstSentence(item.comment.text))} |`)
      if (rows.length > 0) parts.push([`| ${kind} | |`, '| --- | --- |', ...rows].join('\n'))
    }
    if (!includesMain && others.length > 0) {
      const links = others.map(item => this.#link(item)).sort()
      parts.push(`It also exports ${links.join(', ')}.`)
    }
    for (const item of items) parts.push(this.#describe(item))
    const helpers = this.#helpersOf(items)
    if (helpers) parts.push(helpers)
    return parts.join('\n\n')
  }

  #describe(item: Item): string {
    const { name, symbol, comment } = item
    const declarations = declarationsOf(symbol)
    const parts = [`### \`${name}\``]
    const [first] = declarations
    if (first && ts.isClassDeclaration(first)) {
      parts.push(...this.#commentParts(comment), this.#properties(first))
      for (const [heading, members] of this.#methodsOf(item)) {
        parts.push(`#### \`${heading}\``, this.#block(asMembers(members)))
        parts.push(
          ...this.#commentParts(commentOf(members[0] as ts.Node)),
          this.#typesNamedIn(members, symbol),
        )
      }
      return parts.filter(Boolean).join('\n\n')
    }
    parts.push(this.#block(declarations.map(declaration => this.#printExport(declaration)).join('\n')))
    parts.push(...this.#commentParts(comment))
    if (first && ts.isInterfaceDeclaration(first)) parts.push(this.#memberList(this.#shape(first).members))
    parts.push(this.#typesNamedIn(declarations, symbol))
    return parts.filter(Boolean).join('\n\n')
  }

  #commentParts({ text, parameters, returns, throws, examples }: Comment): string[] {
    const facts = [
      ...parameters.filter(({ text }) => text).map(({ name, text }) => `- \`${name}\`: ${stripDash(text)}`),
      ...(returns ? [`- Returns ${stripDash(returns)}`] : []),
      ...throws.map(text => `- Throws ${text}`),
    ]
    return [text, facts.join('\n'), ...examples].filter(Boolean)
  }

  /** Members of an interface that have something to say. */
  #memberList(members: readonly Member[]): string {
    const lines = members.flatMap(member => {
      const { text, parameters, returns, throws, examples } = commentOf(member)
      const words = [
        text,
        ...parameters.filter(({ text }) => text).map(({ name, text }) => `\`${name}\`: ${stripDash(text)}`),
        returns && `Returns ${stripDash(returns)}`,
        ...throws.map(thrown => `Throws ${thrown}`),
      ].filter(Boolean)
      if (words.length === 0) return []
      const code = examples.map(example => `\n\n${example.replace(/^/gm, '  ')}\n`).join('')
      return [`- \`${labelOf(member)}\`: ${words.join(' ').replaceAll('\n', '\n  ')}${code}`]
    })
    return lines.join('\n')
  }

  /** The properties of a class, as code, and what is said of them. */
  #properties(declaration: ts.ClassDeclaration): string {
    const properties = this.#shape(declaration).members.filter(member => !isMethod(member))
    if (properties.length === 0) return ''
    const code = this.#block(asMembers(properties))
    return [code, this.#memberList(properties)].filter(Boolean).join('\n\n')
  }

  /** The methods of a class by their headings, such as `SlotTable.create(options?)`. */
  #methodsOf({ symbol, name }: Item): ReadonlyMap<string, readonly Member[]> {
    const methods = new Map<string, Member[]>()
    const [declaration] = declarationsOf(symbol)
    if (!declaration || !ts.isClassDeclaration(declaration)) return methods
    for (const member of this.#shape(declaration).members) {
      if (!isMethod(member)) continue
      const isStatic = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static
      const heading = `${isStatic ? name : name.replace(/^.*([A-Z])/, (_, last: string) => last).toLowerCase()}.${labelOf(member)}`
      methods.set(heading, [...(methods.get(heading) ?? []), member])
    }
    return methods
  }

  #shape(declaration: ts.ClassDeclaration | ts.InterfaceDeclaration) {
    return shapeOf(this.#package, declaration, symbol => this.#items.has(symbol))
  }

  /** Links to other exports that a declaration names. */
  #typesNamedIn(nodes: readonly ts.Node[], self: ts.Symbol): string {
    const links = nodes
      .flatMap(node => this.#partsOf(node))
      .flatMap(node => [...referencesIn(this.#package, node)])
      .flatMap(symbol => (symbol === self ? [] : (this.#items.get(symbol) ?? [])))
      .map(item => this.#link(item))
    return links.length === 0 ? '' : `See ${[...new Set(links)].join(', ')}.`
  }

  /** Types that signatures name and that no entry exports, folded away. */
  #helpersOf(items: readonly Item[]): string {
    const helpers = new Set<ts.Symbol>()
    const add = (symbol: ts.Symbol): void => {
      const parts = declarationsOf(symbol).flatMap(declaration => this.#partsOf(declaration))
      for (const named of parts.flatMap(part => [...referencesIn(this.#package, part)])) {
        if (this.#items.has(named) || helpers.has(named)) continue
        helpers.add(named)
        add(named)
      }
    }
    for (const { symbol } of items) add(symbol)
    const code = [...helpers]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(symbol => declarationsOf(symbol).map(declaration => this.#printExport(declaration)))
    if (code.length === 0) return ''
    return `<details>\n<summary>Types that appear above and aren't exported</summary>\n\n${this.#block(code.join('\n\n'))}\n\n</details>`
  }

  /** The parts of a declaration that a user sees. */
  #partsOf(node: ts.Node): readonly ts.Node[] {
    if (!ts.isInterfaceDeclaration(node) && !ts.isClassDeclaration(node)) return [node]
    const { bases, members } = this.#shape(node)
    return [...(node.typeParameters ?? []), ...bases, ...members]
  }

  #link({ name, anchor }: Item): string {
    return `[\`${name}\`](#${anchor})`
  }

  /** A placeholder for a block of code. */
  #block(code: string): string {
    const index = this.#code.push(code) - 1
    return `\`\`\`ts\n${placeholder(index)}\n\`\`\``
  }

  /** A declaration without `export declare`, comments and hidden members. */
  #printExport(declaration: ts.Declaration): string {
    if (ts.isInterfaceDeclaration(declaration)) {
      const { bases, members } = this.#shape(declaration)
      const parameters = declaration.typeParameters?.map(node => print(node)).join(', ')
      const heritage = bases.map(node => print(node)).join(', ')
      const head = `interface ${declaration.name.text}${parameters ? `<${parameters}>` : ''}`
      return `${head}${heritage ? ` extends ${heritage}` : ''} {\n${members.map(node => print(node)).join('\n')}\n}`
    }
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
    return print(statement).replace(/^(export )?(declare )?/, '')
  }
}

const slugOf = (heading: string): string => new Anchors().take(heading)

/** Text for a cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|')

const stripDash = (text: string): string => text.replace(/^[-–—] /, '')
