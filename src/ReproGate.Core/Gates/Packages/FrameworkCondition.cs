namespace ReproGate.Gates.Packages;

/// <summary>Conditions of MSBuild that only choose target frameworks: what stands under one says nothing of whether another reference is wanted, because each framework's graph is known.</summary>
public static class FrameworkCondition
{
    /// <summary>Whether a condition depends on the target framework and on nothing else: <c>'$(TargetFramework)' == 'net472'</c>, <c>$([MSBuild]::IsTargetFrameworkCompatible($(TargetFramework), 'net8.0'))</c>.</summary>
    /// <param name="condition">The conditions of an element and of what surrounds it, as they are written.</param>
    public static bool IsOnly(string condition)
    {
        string[] read = [.. condition.Split(["$("], StringSplitOptions.None).Skip(1)];
        return read.Any(IsFramework) && read.All(static name => IsFramework(name) || name.StartsWith("[MSBuild]::", StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsFramework(string name) => name.StartsWith("TargetFramework", StringComparison.OrdinalIgnoreCase);
}
