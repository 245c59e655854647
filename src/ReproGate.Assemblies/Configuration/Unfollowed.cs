using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>Values that are not followed; they are the same for all methods.</summary>
internal static class Unfollowed
{
    public static readonly UnknownValue Computed = new("is computed");
    public static readonly UnknownValue Caught = new("is an exception");
    public static readonly UnknownValue Unset = new("is not set");
    public static readonly UnknownValue TooDeep = new("is computed in too many steps");
}
