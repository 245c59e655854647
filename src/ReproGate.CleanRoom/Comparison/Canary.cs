namespace ReproGate.CleanRoom.Comparison;

/// <summary>A value of the build's machine that must not end in an output.</summary>
/// <param name="Name">What it is: <c>user name</c>, <c>build path</c>, <c>host name</c>, <c>home</c>.</param>
/// <param name="Value">The value. Fewer than four characters are not searched for: they are found everywhere.</param>
public sealed record Canary(string Name, string Value);

/// <summary>A canary that was found.</summary>
/// <param name="Path">Path of the output below the tree, with forward slashes.</param>
/// <param name="Offset">Offset of the value in the bytes searched: of the file, or of what was unpacked out of it.</param>
/// <param name="Canary">Which canary.</param>
/// <param name="Where">The place inside, for example <c>a.nupkg › lib/net10.0/x.dll › Shop.Clock..cctor (IL)</c>.</param>
public sealed record CanaryHit(string Path, long Offset, Canary Canary, string Where);
