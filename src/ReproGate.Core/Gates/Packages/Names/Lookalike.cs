namespace ReproGate.Gates.Packages.Names;

/// <summary>How one id resembles another.</summary>
public enum LookalikeKind
{
    /// <summary>Different characters that look the same: their skeletons of Unicode Technical Standard 39 are equal. No honest id does that.</summary>
    Homoglyph,

    /// <summary>A spelling close to the other's. By itself a weak signal: neighbours may be honest.</summary>
    CloseName,
}

/// <summary>An id that may be taken for another, better known one.</summary>
/// <param name="Id">The id that was judged.</param>
/// <param name="Resembles">The id it may be taken for.</param>
/// <param name="Kind">How.</param>
/// <param name="How">The difference as a phrase, with characters that are not ASCII given by code point.</param>
public sealed record Lookalike(string Id, string Resembles, LookalikeKind Kind, string How);
