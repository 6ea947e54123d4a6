/*
 * What the package's entries export, read from the declarations in dist/. TypeScript 7 has no JavaScript API; its
 * declarations are read by the API of TypeScript 5.7, the oldest version whose users are supported.
 */
import { readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import ts from 'typescript-5.7'

/** An entry of the package: what a user imports by one name. */
export interface Entry {
  /** `threadslots/top` */
  readonly specifier: string
  /** The comment that opens the entry's source, if it has one. */
  readonly introduction: string
  readonly symbols: readonly ts.Symbol[]
}

export interface Package {
  readonly entries: readonly Entry[]
  readonly checker: ts.TypeChecker
  /** True for a declaration in dist/, false for one of the language or of another package. */
  isOurs(node: ts.Node): boolean
}

interface Manifest {
  readonly name: string
  readonly exports: { readonly [path: string]: string | { readonly types?: string } }
}

/** The entries of the package in `root`, in the order of its package.json. They must have been built. */
export function readPackage(root: string): Package {
  const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const files = Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === 'object' && target.types ? [{ path, file: join(root, target.types) }] : [],
  )
  // Without the language's own types: names are resolved, but no type is checked.
  const program = ts.createProgram(
    files.map(({ file }) => file),
    {
      noLib: true,
      types: [],
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
    },
  )
  const checker = program.getTypeChecker()
  const entries = files.map(({ path, file }): Entry => {
    const source = program.getSourceFile(file)
    const module = source && checker.getSymbolAtLocation(source)
    if (!module) throw new Error(`${file} exports nothing; run node build.mjs first`)
    const symbols = checker.getExportsOfModule(module).map(symbol => original(checker, symbol))
    const sourcePath = join(root, 'src', file.slice(join(root, 'dist/').length).replace(/\.d\.ts$/, '.ts'))
    return {
      specifier: manifest.name + path.slice(1),
      introduction: introductionOf(readFileSync(sourcePath, 'utf8')),
      symbols: symbols.filter(symbol => !isInternal(symbol)),
    }
  })
  // The compiler separates names with slashes, also on Windows.
  const dist = `${join(root, 'dist').replaceAll(sep, '/')}/`
  return { entries, checker, isOurs: node => node.getSourceFile().fileName.startsWith(dist) }
}

/** The comment at the very start of a source file, without the entry's name in front. */
function introductionOf(source: string): string {
  const [, comment = ''] = source.match(/^\/\*\*?\s([\s\S]*?)\*\//) ?? []
  if (comment.includes('@')) return ''
  const text = comment.replace(/^\s*\* ?/gm, '').trim()
  return text.replace(/^`[^`]+`: (\w)/, (_, first: string) => first.toUpperCase())
}

/** What a name stands for where it was declared. */
export const original = (checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol

const isInternal = (symbol: ts.Symbol): boolean =>
  symbol.getJsDocTags().some(({ name }) => name === 'internal')

/** The declaration of what an entry exports. Every export has exactly one, but for overloads. */
export function declarationsOf(symbol: ts.Symbol): readonly ts.Declaration[] {
  const { declarations = [] } = symbol
  if (declarations.length === 0) throw new Error(`${symbol.name} has no declaration`)
  return declarations
}

/** Members that a user may name: neither private nor internal, nor a symbol that exists only for the compiler. */
export function isPublic(member: ts.ClassElement | ts.TypeElement): boolean {
  if (ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected))
    return false
  if (ts.getJSDocTags(member).some(tag => tag.tagName.text === 'internal')) return false
  const { name } = member
  if (name === undefined) return true
  if (ts.isPrivateIdentifier(name)) return false
  // `[Symbol.dispose]` is public.
  return !ts.isComputedPropertyName(name) || ts.isPropertyAccessExpression(name.expression)
}

export interface Shape {
  /** What it extends, as far as a user can name that. */
  readonly bases: readonly ts.ExpressionWithTypeArguments[]
  /** Public members, with those of bases that a user can't name. */
  readonly members: readonly (ts.ClassElement | ts.TypeElement)[]
}

/** A class or an interface as its users see it. */
export function shapeOf(
  found: Package,
  declaration: ts.ClassDeclaration | ts.InterfaceDeclaration,
  isExported: (symbol: ts.Symbol) => boolean,
): Shape {
  const own: readonly (ts.ClassElement | ts.TypeElement)[] = declaration.members
  const bases: ts.ExpressionWithTypeArguments[] = []
  const inherited: (ts.ClassElement | ts.TypeElement)[] = []
  for (const { token, types } of declaration.heritageClauses ?? []) {
    if (token !== ts.SyntaxKind.ExtendsKeyword) continue
    for (const base of types) {
      const alias = found.checker.getSymbolAtLocation(base.expression)
      const symbol = alias && original(found.checker, alias)
      const hidden = symbol?.declarations?.find(
        (node): node is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(node) && found.isOurs(node),
      )
      if (!symbol || !hidden || isExported(symbol)) bases.push(base)
      else inherited.push(...shapeOf(found, hidden, isExported).members)
    }
  }
  const names = new Set(own.map(({ name }) => name?.getText()))
  return {
    bases,
    members: [...own, ...inherited.filter(({ name }) => !names.has(name?.getText()))].filter(isPublic),
  }
}

/** The declarations of this package that a node names, in their order. */
export function referencesIn({ checker, isOurs }: Package, node: ts.Node): ReadonlySet<ts.Symbol> {
  const found = new Set<ts.Symbol>()
  const visit = (child: ts.Node): void => {
    if ((ts.isClassElement(child) || ts.isTypeElement(child)) && !isPublic(child)) return
    if (ts.isIdentifier(child)) {
      const symbol = checker.getSymbolAtLocation(child)
      const named = symbol && original(checker, symbol)
      const isType = named && named.flags & (ts.SymbolFlags.Type & ~ts.SymbolFlags.TypeParameter)
      if (isType && named.declarations?.some(isOurs)) found.add(named)
    }
    ts.forEachChild(child, visit)
  }
  visit(node)
  return found
}
