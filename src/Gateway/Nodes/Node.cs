using System.Collections.Frozen;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>A node that is connected. What changes about it are immutable values, each swapped whole.</summary>
sealed class Node(HelloFrame hello, NodeStanding standing, NodeLink link, DateTimeOffset now)
{
    volatile NodeLoad load = new(0, 0, true, 0, now);
    volatile NodeStanding standing = standing;
    volatile TrackRecord record = new();
    volatile FrozenDictionary<Bytes32, Offer> offers = ByModel(hello.Offers);
    int inFlight;

    public Address Key => hello.Node;
    public Address Provider => hello.Provider;
    public string? Endpoint => hello.Endpoint;
    public int Capacity => hello.Capacity;
    public NodeLink Link => link;
    public NodeLoad Load => load;
    public NodeStanding Standing => standing;
    public TrackRecord Record => record;
    public FrozenDictionary<Bytes32, Offer> Offers => offers;

    /// <summary>Requests of this gateway that the node is answering: newer than its heartbeat.</summary>
    public int InFlight => Volatile.Read(ref inFlight);

    public void Beat(NodeLoad next) => load = next;
    public void Stand(NodeStanding next) => standing = next;
    public void Offer(Offer[] next) => offers = ByModel(next);
    public void Begin() => Interlocked.Increment(ref inFlight);
    public void End() => Interlocked.Decrement(ref inFlight);

    // Two requests that end at once may lose one observation; an average doesn't mind.
    public void Served(double firstTokenMs) => record = record.Served(firstTokenMs);
    public void Failed(DateTimeOffset at) => record = record.Failed(at);
    public void Cheated(DateTimeOffset at) => record = record.Cheated(at);

    static FrozenDictionary<Bytes32, Offer> ByModel(Offer[] offers) =>
        offers.DistinctBy(offer => offer.Quote.Quote.Model).ToFrozenDictionary(offer => offer.Quote.Quote.Model);
}
