import * as adbrain from './index.js'

export * from './index.js'
export default adbrain
