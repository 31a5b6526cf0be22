import { createRequire } from "node:module";
import hardhatToolboxViem from "@nomicfoundation/hardhat-toolbox-viem";
import { defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);

// viaIR saves 1,500 gas a claim. Without a hash of the sources in it, the bytecode changes only when the code does.
const settings = {
  optimizer: { enabled: true, runs: 1000000 },
  viaIR: true,
  evmVersion: "cancun",
  metadata: { bytecodeHash: "none" },
};
// Disputes is called seldom and has much code: short before fast.
const short = { ...settings, optimizer: { enabled: true, runs: 1 } };
const profile = {
  compilers: [
    { version: "0.8.37", path: require.resolve("solc/soljson.js"), settings },
    {
      version: "0.4.26",
      path: require.resolve("solc-0.4.26/soljson.js"),
      settings: { optimizer: { enabled: true, runs: 200 } },
    },
  ],
  overrides: {
    "contracts/Disputes.sol": { version: "0.8.37", path: require.resolve("solc/soljson.js"), settings: short },
  },
};

export default defineConfig({
  plugins: [hardhatToolboxViem],
  paths: {
    sources: "contracts",
    tests: { nodejs: "hardhat/test", solidity: "hardhat/test" },
    ignition: "hardhat/ignition",
    cache: "hardhat/cache",
    artifacts: "hardhat/artifacts",
  },
  solidity: {
    profiles: { default: profile, production: profile },
  },
  // A longer search: scripts/hardhat test solidity --test-profile nightly
  test: {
    solidity: {
      profiles: {
        default: { fuzz: { runs: 1_000 }, invariant: { runs: 256, depth: 128 } },
        // Counting slows a call down; what a thousand runs reach, a hundred do.
        coverage: { fuzz: { runs: 100 }, invariant: { runs: 32, depth: 64 } },
        nightly: {
          fuzz: { runs: 10_000, seed: process.env.PROOFMESH_SOLIDITY_SEED },
          invariant: { runs: 1_024, depth: 256 },
        },
      },
    },
  },
});
