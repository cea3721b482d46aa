// An unmodified Yjs: applies the updates of each list it is given, in order, and says what they read.
import { readFileSync } from 'node:fs'
import * as Y from 'yjs'

const lists = JSON.parse(readFileSync(0, 'utf8'))
const read = lists.map((updates) => {
  const doc = new Y.Doc()
  for (const update of updates) Y.applyUpdate(doc, Buffer.from(update, 'base64'))
  return doc.getText('text').toString()
})
console.log(JSON.stringify(read))
