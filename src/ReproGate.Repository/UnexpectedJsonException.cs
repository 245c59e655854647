using System.Text.Json;

namespace ReproGate.Repository;

/// <summary>Well-formed JSON that says something else than expected.</summary>
internal sealed class UnexpectedJsonException(int offset, string message) : JsonException(message)
{
    /// <summary>The byte at which it does.</summary>
    public int Offset => offset;
}
