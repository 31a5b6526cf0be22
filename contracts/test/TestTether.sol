// SPDX-License-Identifier: MIT
pragma solidity 0.4.26;

/// @title A test token with the habits of mainnet's Tether USD
/// @notice Compiled with the compiler of its time, because that is where some of the habits come from: no return values, an
/// overdraft that burns all gas (assert), a refusal of short call data, an allowance of 2^256 − 1 that isn't used up.
contract TestTether {
    string public name;
    string public symbol;
    uint8 public decimals;
    address public owner;
    address public upgradedAddress;
    bool public deprecated;
    bool public paused;
    uint256 public basisPointsRate;
    uint256 public maximumFee;
    mapping(address => bool) public isBlackListed;

    uint256 private supply;
    mapping(address => uint256) private balances;
    mapping(address => mapping(address => uint256)) private allowed;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    event Issue(uint256 amount);
    event Redeem(uint256 amount);
    event Params(uint256 feeBasisPoints, uint256 maxFee);
    event AddedBlackList(address user);
    event RemovedBlackList(address user);
    event DestroyedBlackFunds(address user, uint256 balance);
    event Pause();
    event Unpause();
    event Deprecate(address newAddress);

    modifier onlyOwner() {
        require(msg.sender == owner);
        _;
    }

    modifier whenNotPaused() {
        require(!paused);
        _;
    }

    /// @dev Call data shorter than the arguments would shift them.
    modifier onlyPayloadSize(uint256 size) {
        require(msg.data.length >= size + 4);
        _;
    }

    constructor(uint256 initialSupply, string tokenName, string tokenSymbol, uint8 tokenDecimals) public {
        owner = msg.sender;
        supply = initialSupply;
        balances[msg.sender] = initialSupply;
        name = tokenName;
        symbol = tokenSymbol;
        decimals = tokenDecimals;
    }

    /// @notice Only the sender is looked up in the blacklist: a blacklisted address still receives.
    function transfer(address to, uint256 value) public whenNotPaused onlyPayloadSize(64) {
        require(!isBlackListed[msg.sender]);
        if (deprecated) {
            TestTether(upgradedAddress).transferByLegacy(msg.sender, to, value);
            return;
        }
        move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) public whenNotPaused onlyPayloadSize(96) {
        require(!isBlackListed[from]);
        if (deprecated) {
            TestTether(upgradedAddress).transferFromByLegacy(msg.sender, from, to, value);
            return;
        }
        uint256 allowance_ = allowed[from][msg.sender];
        if (allowance_ < uint256(-1)) {
            assert(value <= allowance_);
            allowed[from][msg.sender] = allowance_ - value;
        }
        move(from, to, value);
    }

    /// @notice From non-zero to non-zero is refused. The pause doesn't stop it.
    function approve(address spender, uint256 value) public onlyPayloadSize(64) {
        require(!(value != 0 && allowed[msg.sender][spender] != 0));
        allowed[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
    }

    function balanceOf(address account) public view returns (uint256) {
        return deprecated ? TestTether(upgradedAddress).balanceOf(account) : balances[account];
    }

    function allowance(address account, address spender) public view returns (uint256) {
        return deprecated ? TestTether(upgradedAddress).allowance(account, spender) : allowed[account][spender];
    }

    function totalSupply() public view returns (uint256) {
        return deprecated ? TestTether(upgradedAddress).totalSupply() : supply;
    }

    /// @notice What a token that replaces this one implements.
    function transferByLegacy(address, address, uint256) public {
        revert();
    }

    /// @notice What a token that replaces this one implements.
    function transferFromByLegacy(address, address, address, uint256) public {
        revert();
    }

    /// @notice Creates tokens for the owner.
    function issue(uint256 amount) public onlyOwner {
        require(supply + amount > supply && balances[owner] + amount > balances[owner]);
        balances[owner] += amount;
        supply += amount;
        emit Issue(amount);
    }

    function redeem(uint256 amount) public onlyOwner {
        require(supply >= amount && balances[owner] >= amount);
        supply -= amount;
        balances[owner] -= amount;
        emit Redeem(amount);
    }

    /// @param feeBasisPoints below 20
    /// @param maxFee below 50 whole tokens
    function setParams(uint256 feeBasisPoints, uint256 maxFee) public onlyOwner {
        require(feeBasisPoints < 20 && maxFee < 50);
        basisPointsRate = feeBasisPoints;
        maximumFee = maxFee * 10 ** uint256(decimals);
        emit Params(basisPointsRate, maximumFee);
    }

    function addBlackList(address user) public onlyOwner {
        isBlackListed[user] = true;
        emit AddedBlackList(user);
    }

    function removeBlackList(address user) public onlyOwner {
        isBlackListed[user] = false;
        emit RemovedBlackList(user);
    }

    function destroyBlackFunds(address user) public onlyOwner {
        require(isBlackListed[user]);
        uint256 funds = balanceOf(user);
        balances[user] = 0;
        supply -= funds;
        emit DestroyedBlackFunds(user, funds);
    }

    function pause() public onlyOwner whenNotPaused {
        paused = true;
        emit Pause();
    }

    function unpause() public onlyOwner {
        require(paused);
        paused = false;
        emit Unpause();
    }

    function deprecate(address newAddress) public onlyOwner {
        deprecated = true;
        upgradedAddress = newAddress;
        emit Deprecate(newAddress);
    }

    function transferOwnership(address newOwner) public onlyOwner {
        if (newOwner != address(0)) owner = newOwner;
    }

    /// @dev The fee goes to the owner in a Transfer of its own.
    function move(address from, address to, uint256 value) private {
        uint256 fee = (value * basisPointsRate) / 10000;
        assert(value == 0 || (value * basisPointsRate) / value == basisPointsRate);
        if (fee > maximumFee) fee = maximumFee;
        assert(value <= balances[from]);
        balances[from] -= value;
        balances[to] += value - fee;
        if (fee > 0) {
            balances[owner] += fee;
            emit Transfer(from, owner, fee);
        }
        emit Transfer(from, to, value - fee);
    }
}
