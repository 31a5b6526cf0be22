// The project with contracts that compile quickly and may be large: for scripts that compile them often, or changed.
import { defineConfig, type HardhatUserConfig } from "hardhat/config";
import config from "./hardhat.config.ts";

const { compilers } = (config.solidity as { profiles: { default: { compilers: { version: string }[] } } }).profiles
  .default;
const settings = {
  viaIR: true, // without it, a function has too many variables
  optimizer: { enabled: false },
  evmVersion: "cancun",
};
const profile = {
  compilers: compilers.map((compiler) => (compiler.version.startsWith("0.8.") ? { ...compiler, settings } : compiler)),
};

export default defineConfig({
  ...config,
  paths: { ...config.paths, cache: ".cache/quick/cache", artifacts: ".cache/quick/artifacts" },
  solidity: { profiles: { default: profile, production: profile } },
  networks: { default: { type: "edr-simulated", allowUnlimitedContractSize: true } },
} as HardhatUserConfig);
