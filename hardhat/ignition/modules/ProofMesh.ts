import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** The contracts of one rail, in the order of the deployer's nonces that the predicted addresses assume. */
export default buildModule("ProofMesh", (m) => {
  const token = m.getParameter<string>("token");
  const permit2 = m.getParameter<string>("permit2");
  const owner = m.getParameter<string>("owner");
  const treasury = m.getParameter<string>("treasury");
  const settlementAddress = m.getParameter<string>("settlement");
  const disputesAddress = m.getParameter<string>("disputes");

  const staking = m.contract("Staking", [
    token,
    disputesAddress,
    treasury,
    owner,
    m.getParameter("unbondingPeriod"),
    m.getParameter("minimumStake"),
  ]);
  const escrow = m.contract("Escrow", [token, permit2, settlementAddress, owner, m.getParameter("thawPeriod")], {
    after: [staking],
  });
  const settlement = m.contract("Settlement", [
    escrow,
    staking,
    disputesAddress,
    treasury,
    owner,
    m.getParameter("disputeWindow"),
    m.getParameter("feeBasisPoints"),
    m.getParameter("stakeMultiple"),
  ]);
  const disputes = m.contract("Disputes", [
    settlement,
    m.getParameter("penalty"),
    m.getParameter("challengeBond"),
    m.getParameter("auditorBond"),
    m.getParameter("phase"),
  ]);
  return { staking, escrow, settlement, disputes };
});
