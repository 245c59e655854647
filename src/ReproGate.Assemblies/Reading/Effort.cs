using System.Runtime.CompilerServices;

namespace ReproGate.Assemblies.Reading;

/// <summary>
/// Bounds the work of one pass by the size of what is read: overlapping method bodies or signatures could otherwise make
/// a small hostile file cost quadratic time.
/// </summary>
internal sealed class Effort(long bytes, int perByte)
{
    // The constant lets tiny files through.
    private long _left = (perByte * bytes) + 100_000;

    /// <summary>Spends steps; throws where more work is asked than any sound file of this size can need.</summary>
    /// <exception cref="BadImageFormatException">The file asks for more.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Spend(int steps)
    {
        _left -= steps;
        if (_left < 0)
        {
            Exceeded();
        }
    }

    // By itself, so that what is asked at every step is a subtraction and a comparison.
    private static void Exceeded() => throw new EffortExceededException();
}

/// <summary>The file asks for more work than its size can justify.</summary>
internal sealed class EffortExceededException() : BadImageFormatException("Its parts overlap so that reading them would take more than linear time.");
