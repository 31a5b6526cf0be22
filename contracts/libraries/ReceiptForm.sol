// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ReceiptFault} from "../interfaces/ISettlement.sol";
import {Receipt} from "../interfaces/Messages.sol";

/// @title What no honest node signs, though it costs nobody money
library ReceiptForm {
    /// @notice The first of these faults, or none.
    /// @dev A settled receipt has a provider and a sequence above 0.
    function fault(Receipt calldata receipt) internal pure returns (ReceiptFault) {
        if (receipt.requestId == 0) return ReceiptFault.ZeroRequestId;
        if (receipt.payer == address(0)) return ReceiptFault.ZeroPayer;
        if (receipt.cumulative < receipt.fee) return ReceiptFault.CumulativeBelowFee;
        return receipt.firstTokenMs > receipt.durationMs ? ReceiptFault.FirstTokenAfterEnd : ReceiptFault.None;
    }
}
