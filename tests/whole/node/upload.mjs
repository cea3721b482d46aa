// An unmodified tus-js-client: sends a file; leaves after some bytes when told to, and goes on with what it left.
import { createReadStream, statSync } from 'node:fs'
import tus from 'tus-js-client'

const [endpoint, path, memory, cookie, leaveAfter] = process.argv.slice(2)

const file = createReadStream(path)
let offsetAtStart = null
const upload = new tus.Upload(file, {
  endpoint,
  uploadSize: statSync(path).size,
  headers: { Cookie: cookie },
  metadata: { filename: 'Été à la mer.mp4', filetype: 'video/mp4' },
  retryDelays: new Array(100).fill(100),
  urlStorage: new tus.FileUrlStorage(memory),
  fingerprint: () => Promise.resolve(path),
  removeFingerprintOnSuccess: false,
  onProgress: (sent) => {
    offsetAtStart ??= sent
    if (leaveAfter && sent > Number(leaveAfter)) {
      process.exit(0)
    }
  },
  onError: (error) => {
    console.error(String(error))
    process.exit(1)
  },
  onSuccess: () => {
    console.log(JSON.stringify({ url: upload.url, offsetAtStart }))
    process.exit(0)
  },
})
for (const former of await upload.findPreviousUploads()) {
  upload.resumeFromPreviousUpload(former)
}
upload.start()
