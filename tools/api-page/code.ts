/*
 * Declarations as text: printed by the compiler, formatted by the project's formatter.
 */
import { join } from 'node:path'
import ts from 'typescript-5.7'
import { runSync } from '../child-process.js'

export type Member = ts.ClassElement | ts.TypeElement
type Method = ts.MethodDeclaration | ts.MethodSignature | ts.ConstructorDeclaration

export const isMethod = (member: ts.Node): member is Method =>
  ts.isMethodDeclaration(member) || ts.isMethodSignature(member) || ts.isConstructorDeclaration(member)

/** A member's name, with the parameters of a method: `percentile(p)`. */
export function labelOf(member: Member): string {
  const name = member.name?.getText() ?? 'constructor'
  if (isMethod(member)) {
    const parameters = member.parameters.map(
      ({ name, questionToken }) => name.getText() + (questionToken ? '?' : ''),
    )
    return `${name}(${parameters.join(', ')})`
  }
  return name
}

const printer = ts.createPrinter({ removeComments: true })

/** A node without comments, and without members that exist only for the compiler. */
export const print = (node: ts.Node): string =>
  printer
    .printNode(ts.EmitHint.Unspecified, withoutHidden(node), node.getSourceFile())
    .replace(/^(static|declare) /, '')

/** Removes the members that exist only for the compiler, and puts type literals on one line where they fit. */
function withoutHidden<N extends ts.Node>(node: N): N {
  const { transformed } = ts.transform(node, [
    context => root => {
      const visit = (child: ts.Node): ts.Node => {
        if (ts.isIntersectionTypeNode(child)) {
          const types = child.types.filter(
            type => !(ts.isTypeLiteralNode(type) && type.members.every(isHidden)),
          )
          if (types.length === 1) return ts.visitNode(types[0] as ts.Node, visit) as ts.Node
        }
        if (ts.isTypeLiteralNode(child)) {
          const members = child.members.filter(member => !isHidden(member))
          const literal = ts.factory.createTypeLiteralNode(members)
          return ts.setEmitFlags(ts.visitEachChild(literal, visit, context), ts.EmitFlags.SingleLine)
        }
        return ts.visitEachChild(child, visit, context)
      }
      return visit(root) as N
    },
  ])
  return transformed[0] as N
}

const isHidden = ({ name }: ts.TypeElement): boolean =>
  name !== undefined && ts.isComputedPropertyName(name) && ts.isIdentifier(name.expression)

const LINE_WIDTH = 90
/** Members of a class aren't statements, so they are formatted inside an interface, which is removed afterwards. */
export const asMembers = (members: readonly Member[]): string =>
  `interface MEMBERS {\n${members.map(print).join('\n')}\n}`

/** Formats pieces of code like the rest of the project, in a single run of its formatter. */
export function formatCode(root: string, pieces: readonly string[]): readonly string[] {
  const mark = '// piece'
  const program = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const { stdout, stderr, problem } = runSync(
    process.execPath,
    [program, 'format', `--line-width=${LINE_WIDTH}`, '--stdin-file-path=tools/api-page/piece.ts'],
    { cwd: root, input: pieces.map(piece => `${mark}\n${piece}\n`).join('\n') },
  )
  if (problem !== undefined) throw new Error(`the formatter failed, ${problem}: ${stderr}`)
  return stdout
    .split(`${mark}\n`)
    .slice(1)
    .map(piece => unwrap(piece.trim()))
}

/** Removes the interface around members. */
function unwrap(code: string): string {
  const members = code.match(/^interface MEMBERS \{\n([\s\S]*)\n\}$/)?.[1]
  return members === undefined ? code : members.replace(/^ {2}/gm, '')
}
