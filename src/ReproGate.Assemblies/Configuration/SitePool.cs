using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>Calls and their arguments. A body is written when it is evaluated; the next one uses them again.</summary>
internal sealed class SitePool
{
    private readonly List<CallValue> _calls = [];
    private readonly List<CodeValue[]>[] _spare = [.. Enumerable.Range(0, 12).Select(static _ => new List<CodeValue[]>())];
    private readonly int[] _spareUsed = new int[12];
    private int _callsUsed;

    /// <summary>Goes to another method.</summary>
    public void Begin()
    {
        _callsUsed = 0;
        Array.Clear(_spareUsed);
    }

    /// <summary>A call of which nothing but the target is known.</summary>
    public CallValue NewCall(CodeMethodReference method)
    {
        if (_callsUsed == _calls.Count)
        {
            _calls.Add(new CallValue(new CodeSite()));
        }

        CallValue call = _calls[_callsUsed++];
        CodeSite site = call.Site;
        site.Target = method;
        site.Arguments = [];
        site.Place = null;
        site.Guards = [];
        site.Generated = false;
        site.Discarded = false;
        return call;
    }

    /// <summary>Room for arguments.</summary>
    public CodeValue[] NewArguments(int count)
    {
        if (count == 0)
        {
            return [];
        }

        if (count >= _spare.Length)
        {
            return new CodeValue[count];
        }

        List<CodeValue[]> spare = _spare[count];
        if (_spareUsed[count] == spare.Count)
        {
            spare.Add(new CodeValue[count]);
        }

        return spare[_spareUsed[count]++];
    }
}
