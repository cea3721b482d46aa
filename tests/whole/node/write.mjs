// An unmodified y-websocket client: reads a motion, types in it, waits to see what another types.
import WebSocket from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

const [url, room, cookie, words, wanted] = process.argv.slice(2)

class WithCookie extends WebSocket {
  constructor(address, protocols) {
    super(address, protocols, { headers: { Cookie: cookie } })
  }
}

const doc = new Y.Doc()
const text = doc.getText('text')
const provider = new WebsocketProvider(url, room, doc, { WebSocketPolyfill: WithCookie, disableBc: true })
provider.awareness.setLocalStateField('user', { name: 'Somebody else' })

const seen = (what) =>
  new Promise((resolve) => {
    const look = () => text.toString().includes(what) && resolve()
    text.observe(look)
    look()
  })

await new Promise((resolve) => provider.once('synced', resolve))
console.log(JSON.stringify({ read: text.toString() }))
for (const word of words.split(' ')) {
  text.insert(text.length, `${word} `)
  await new Promise((resolve) => setTimeout(resolve, 20))
}
await seen(wanted)
// In one transaction: with garbage collection on, Yjs sends a hole for it.
doc.transact(() => {
  text.insert(0, 'brouillon')
  text.delete(0, 9)
})
text.delete(0, 2)
await new Promise((resolve) => setTimeout(resolve, 300))
console.log(JSON.stringify({ read: text.toString() }))
provider.destroy()
process.exit(0)
