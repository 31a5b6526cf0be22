using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ProofMesh.Gateway;

/// <summary>How often one client may begin or end a sign-in: 429 with Retry-After past it.</summary>
/// <remarks>By the address that connected. Behind a proxy all customers come from the proxy's address: set Limits:SignInsPerMinute for all of them, and limit clients there.</remarks>
sealed class SignInLimit(GatewayOptions options, TimeProvider time)
{
    const int Ipv6NetworkBytes = 8;
    readonly RateLimit limit = new(options.Limits.SignInsPerMinute, time);

    public IResult? Refusal(HttpContext http)
    {
        if (limit.Wait(Client(http.Connection.RemoteIpAddress)) is not { } wait) return null;
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.RetryAfter = seconds;
        return Errors.Result(RelayFault.TooMany, $"This address signs in too often; try again in {seconds} s.");
    }

    // Whoever has one IPv6 address has its whole network.
    static string Client(IPAddress? address) => address switch
    {
        null => "unknown",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, Ipv6NetworkBytes)),
        _ => address.ToString(),
    };
}
