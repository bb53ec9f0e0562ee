// A tokenizer alone: learns a vocabulary, then splits a text with it: node examples/src/4-tokenizer.js "low lower"
import { loadTokenizer, trainBpe } from "@palaver/tokenizer";

const texts = ["low lower lowest", "new newer newest", "slow slower slowest"];
const specialTokens = ["<|end|>"];
const trained = trainBpe(texts, { vocabSize: 270, specialTokens });
const tokenizer = loadTokenizer({ "tokenizer.json": JSON.stringify(trained) });

const text = process.argv[2] ?? "slowest <|end|>";
for (const { id, token } of tokenizer.pieces(text)) console.log(`${id}\t${token}`);
console.log(tokenizer.decode(tokenizer.encode(text)) === text ? "comes back unchanged" : "is another text");
// What people type never becomes a control token:
console.log(tokenizer.encode(text).includes(tokenizer.tokenToId("<|end|>") ?? -1) ? "forged" : "not forged");
