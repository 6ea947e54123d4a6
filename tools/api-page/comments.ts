/*
 * Doc comments as Markdown.
 */
import ts from 'typescript-5.7'

export interface Comment {
  readonly text: string
  readonly parameters: readonly { readonly name: string; readonly text: string }[]
  readonly returns: string
  readonly throws: readonly string[]
  readonly examples: readonly string[]
}

/** The doc comment of a declaration; of overloads, of the first that has one. */
export function commentOf(node: ts.Node): Comment {
  const parameters: { name: string; text: string }[] = []
  const throws: string[] = []
  const examples: string[] = []
  let returns = ''
  for (const tag of ts.getJSDocTags(node)) {
    const text = markdown(tag.comment)
    if (ts.isJSDocParameterTag(tag)) parameters.push({ name: tag.name.getText(), text })
    else if (ts.isJSDocReturnTag(tag)) returns = text
    else if (ts.isJSDocThrowsTag(tag)) {
      const type = tag.typeExpression?.type.getText()
      throws.push(type === undefined ? text : `\`${type}\` ${text}`.trim())
    } else if (tag.tagName.text === 'example') examples.push(fenced(text))
  }
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)
  return { text: markdown(comments.at(-1)?.comment), parameters, returns, throws, examples }
}

/** Text with its links; the lines of a paragraph joined, those of code left as they are. */
function markdown(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  const text = (ts.getTextOfJSDocComment(comment) ?? '')
    .replace(/\r/g, '')
    .replace(
      /\{@link(?:code|plain)?\s+([^}|\s]+)(?:\s*\|?\s*([^}]*))?\}/g,
      (_, name: string, words: string) => {
        return /^https?:/.test(name) ? `[${words || name}](${name})` : `\`${words || name}\``
      },
    )
  return text
    .split(/^(```[\s\S]*?^```)$/m)
    .map(part =>
      part.startsWith('```') ? part : part.replace(/([^\n])\n(?!\n|\s*[-*|#>]\s|\s*\d+\. )/g, '$1 '),
    )
    .join('')
    .trim()
}

const fenced = (text: string): string => (text.includes('```') ? text : `\`\`\`js\n${text}\n\`\`\``)

/** What stands before the first full stop. A stop ends a sentence if a capital letter or nothing follows. */
export function firstSentence(text: string): string {
  const [paragraph = ''] = text.split(/\n\s*\n|\n```/)
  const flat = paragraph.replace(/\s+/g, ' ').trim()
  return flat.match(/^.*?[.:](?=$| [A-Z`*])/)?.[0].replace(/:$/, '.') ?? flat
}
